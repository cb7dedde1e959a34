// Drives the sandbox with jsforce and prints what it got as JSON.
// Usage: node jsforce_tour.cjs <base url>   (NODE_PATH names where `jsforce` is installed)
const jsforce = require('jsforce');

const base = process.argv[2];
const app = { clientId: 'sandbox-client', clientSecret: 'sandbox-client-secret', loginUrl: base };

async function refused(work) {
  try {
    return await work();
  } catch (error) {
    return { code: error.errorCode || error.name, message: error.message };
  }
}

async function main() {
  const seen = {};
  const conn = new jsforce.Connection({ oauth2: app, version: '59.0' });
  const who = await conn.login('integration@acme.example', 'sandbox-passwordsandbox-security-token');
  seen.user = who.id;
  seen.instance = conn.instanceUrl;
  seen.name = (await conn.identity().catch(() => ({}))).username;

  seen.objects = (await conn.describeGlobal()).sobjects.map((one) => one.name);
  seen.fields = (await conn.sobject('Account').describe()).fields.length;

  const made = await conn.sobject('Account').create({ Name: 'Acme', Phone: '555' });
  seen.made = made.success;
  seen.read = (await conn.sobject('Account').retrieve(made.id)).Name;
  seen.incomplete = await refused(() => conn.sobject('Account').create({}));
  seen.malformed = await refused(() => conn.sobject('Account').update({ Id: '0016g', Name: 'x' }));
  seen.updated = (await conn.sobject('Account').update({ Id: made.id, Name: 'Acme 2' })).success;

  const keyed = conn.sobject('Account');
  seen.created = (await keyed.upsert({ Name: 'U', Ext__c: 'u-1' }, 'Ext__c')).created;
  seen.changed = (await keyed.upsert({ Name: 'V', Ext__c: 'u-1' }, 'Ext__c')).created;

  const many = [{ Name: 'One' }, {}, { Name: 'Three' }];
  seen.some = (await keyed.create(many)).map((one) => one.success);
  seen.none = await refused(() => keyed.create(many, { allOrNone: true }));
  if (Array.isArray(seen.none)) {
    seen.none = seen.none.map((one) => one.errors.map((error) => error.errorCode || error.statusCode));
  }

  const rows = Array.from({ length: 2500 }, (_, n) => ({ Name: `Row ${n}`, Phone: '1' }));
  rows.push({ Name: '', Phone: '2' });
  conn.bulk2.pollInterval = 10;
  const loaded = await conn.bulk2.loadAndWaitForResults({
    object: 'Account',
    operation: 'insert',
    input: rows,
  });
  seen.loaded = loaded.successfulResults.length;
  seen.failed = loaded.failedResults.map((one) => [one.sf__Id, one.sf__Error]);
  seen.left = loaded.unprocessedRecords.length;

  const query = "SELECT Id, Name FROM Account WHERE Name LIKE 'Row %'";
  const found = await conn.query(query, { autoFetch: true, maxFetch: 5000 });
  seen.found = found.records.length;
  seen.total = (await conn.query(query)).totalSize;
  seen.children = (await conn.query('SELECT Name, (SELECT Id FROM Contacts) FROM Account LIMIT 1')).done;
  seen.nonsense = await refused(() => conn.query('SELECT Nope FROM Account'));

  const stream = await conn.bulk2.query(query, { pollInterval: 10, pollTimeout: 10000 });
  seen.streamed = (await stream.toArray()).length;

  seen.gone = (await keyed.destroy(made.id)).success;
  seen.deleted = await refused(() => keyed.destroy(made.id));
  seen.limit = conn.limitInfo.apiUsage;
  await conn.logout().catch(() => {});
  console.log(JSON.stringify(seen));
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
