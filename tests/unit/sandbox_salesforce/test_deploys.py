"""Deploys: objects and fields that come as a zip, wholly or not at all."""

from __future__ import annotations

import io
import json
import zipfile

import pytest

PACKAGE = (
    '<?xml version="1.0" encoding="UTF-8"?><Package xmlns="http://soap.sforce.com/2006/04/metadata">'
    "{}<version>62.0</version></Package>"
)
TYPES = "<types>{}<name>{}</name></types>"
OBJECT = (
    '<?xml version="1.0" encoding="UTF-8"?>'
    '<CustomObject xmlns="http://soap.sforce.com/2006/04/metadata">{}</CustomObject>'
)
KEY = (
    "<fields><fullName>Ext__c</fullName><label>Ext</label><type>Text</type><length>40</length>"
    "<externalId>true</externalId><unique>true</unique><caseSensitive>true</caseSensitive></fields>"
)
NEW = (
    "<label>Job</label><pluralLabel>Jobs</pluralLabel><deploymentStatus>Deployed</deploymentStatus>"
    "<sharingModel>ReadWrite</sharingModel><enableActivities>true</enableActivities>"
    "<nameField><label>Name</label><type>Text</type></nameField>"
)
LOOKUP = (
    "<fields><fullName>Site__c</fullName><label>Site</label><type>Lookup</type>"
    "<referenceTo>Account</referenceTo><relationshipName>Jobs</relationshipName></fields>"
)
BAD = "<fields><fullName>Bad__c</fullName><label>Bad</label><type>Text</type></fields>"


def package(**members):
    return PACKAGE.format(
        "".join(
            TYPES.format("".join(f"<members>{one}</members>" for one in names), kind)
            for kind, names in members.items()
        )
    )


@pytest.fixture
def deploy(client):
    def deploy(files, **options):
        content = io.BytesIO()
        with zipfile.ZipFile(content, "w") as archive:
            for path, text in files.items():
                archive.writestr(path, text)
        whole = {"singlePackage": True, "rollbackOnError": True, **options}
        parts = {
            "json": ("", json.dumps({"deployOptions": whole}), "application/json"),
            "file": ("deploy.zip", content.getvalue(), "application/zip"),
        }
        opened = client("POST", "metadata/deployRequest", files=parts)
        assert opened.status_code == 201, opened.text
        path = f"metadata/deployRequest/{opened.json()['id']}?includeDetails=true"
        for _ in range(5):
            told = client.get(path).json()["deployResult"]
            if told["done"]:
                return told
        raise AssertionError(told)

    return deploy


def field(*fields):
    return {
        "package.xml": package(CustomField=["Account.Ext__c", "Account.Bad__c"][: len(fields)]),
        "objects/Account.object": OBJECT.format("".join(fields)),
    }


def test_a_field_is_there_and_nobody_sees_it(deploy, client, org):
    told = deploy(field(KEY))
    assert (told["status"], told["success"], told["numberComponentErrors"]) == (
        "Succeeded", True, 0,
    )  # fmt: skip
    one = org.objects["Account"].fields["Ext__c"]
    assert (one.type, one.length, one.has("x"), one.has("Q"), one.made) == (
        "string", 40, True, True, True,
    )  # fmt: skip
    described = client.get("sobjects/Account/describe").json()["fields"]
    assert "Ext__c" not in {each["name"] for each in described}


def test_one_bad_component_undoes_them_all(deploy, org):
    told = deploy(field(KEY, BAD))
    assert (told["status"], told["success"]) == ("Failed", False)
    (failure,) = told["details"]["componentFailures"]
    assert failure["fullName"] == "Account.Bad__c"
    assert failure["problem"]
    assert "Ext__c" not in org.objects["Account"].fields


def test_a_check_changes_nothing(deploy, org):
    assert deploy(field(KEY), checkOnly=True)["status"] == "Succeeded"
    assert "Ext__c" not in org.objects["Account"].fields


def test_an_object_is_made_with_what_it_refers_to(deploy, client, org):
    told = deploy(
        {
            "package.xml": package(CustomObject=["Job__c"], CustomField=["Job__c.Site__c"]),
            "objects/Job__c.object": OBJECT.format(NEW + LOOKUP),
        }
    )
    assert told["success"], told["details"]["componentFailures"]
    account = client.make("Account", Name="A")
    job = client.make("Job__c", Name="J")
    assert client.make("Task", Subject="T", WhatId=job)
    org.human.edit("Job__c", job, Site__c=account)
    names = {one["name"]: one for one in client.get("sobjects").json()["sobjects"]}
    assert (names["Job__c"]["custom"], names["Job__c"]["labelPlural"]) == (True, "Jobs")
    org.audit_fields = True
    client.make("Job__c", Name="Old", CreatedDate="2019-01-01T00:00:00Z")


def test_an_object_has_room_for_so_many_fields(deploy, org):
    org.most_custom_fields = 0
    (failure,) = deploy(field(KEY))["details"]["componentFailures"]
    assert "maximum number of custom fields" in failure["problem"]


def test_a_field_is_taken_away_with_what_it_held(deploy, org):
    deploy(field(KEY))
    org.human.add("Account", Name="A", Ext__c="1")
    told = deploy(
        {
            "package.xml": package(),
            "destructiveChanges.xml": package(CustomField=["Account.Ext__c"]),
        }
    )
    assert told["success"]
    assert "Ext__c" not in org.objects["Account"].fields
    assert all("Ext__c" not in row for row in org.rows["Account"].values())
