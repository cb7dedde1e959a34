// Drives the sandbox with Pipedrive's own client and prints what it got as JSON.
// Usage: node official_client.cjs <base url>   (NODE_PATH names where `pipedrive` is installed)
const v1 = require('pipedrive/v1');
const v2 = require('pipedrive/v2');

const base = process.argv[2];
const apiKey = 'sandbox-token';
const one = new v1.Configuration({ apiKey, basePath: `${base}/api/v1` });
const two = new v2.Configuration({ apiKey, basePath: `${base}/api/v2` });

async function main() {
  const seen = {};
  const me = (await new v1.UsersApi(one).getCurrentUser()).data;
  seen.company = me.company_domain;

  const field = (
    await new v2.DealFieldsApi(two).addDealField({
      AddDealFieldRequest: { field_name: 'Source id', field_type: 'varchar' },
    })
  ).data;
  const org = (
    await new v2.OrganizationsApi(two).addOrganization({
      AddOrganizationRequest: { name: 'Acme', owner_id: me.id, address: { value: '1 Main St' } },
    })
  ).data;
  const person = (
    await new v2.PersonsApi(two).addPerson({
      AddPersonRequest: {
        name: 'Mary Smith',
        org_id: org.id,
        emails: [{ value: 'mary@example.com', primary: true, label: 'work' }],
      },
    })
  ).data;
  seen.person = [person.first_name, person.last_name];

  const deals = new v2.DealsApi(two);
  const deal = (
    await deals.addDeal({
      AddDealRequest: {
        title: 'Boiler',
        org_id: org.id,
        person_id: person.id,
        status: 'won',
        won_time: '2021-03-04T05:06:07Z',
        custom_fields: { [field.field_code]: 'KS-1' },
      },
    })
  ).data;
  seen.custom = deal.custom_fields[field.field_code];
  seen.won = deal.won_time;

  const product = (
    await new v2.ProductsApi(two).addProduct({
      AddProductRequest: { name: 'Hour', prices: [{ currency: 'USD', price: 50 }] },
    })
  ).data;
  await new v2.DealProductsApi(two).addManyDealProducts({
    id: deal.id,
    CreateManyDealProductRequest: {
      data: [{ product_id: product.id, item_price: 50, quantity: 3 }],
    },
  });
  seen.value = (await deals.getDeal({ id: deal.id })).data.value;
  const listed = await deals.getDeals({ limit: 1, custom_fields: field.field_code });
  seen.listed = listed.data.map((row) => row.title);
  seen.cursor = listed.additional_data.next_cursor;

  const notes = new v1.NotesApi(one);
  const note = (
    await notes.addNote({
      AddNoteRequest: { content: 'Hello', deal_id: deal.id, add_time: '2015-06-07 08:09:10' },
    })
  ).data;
  seen.note = note.add_time;
  await notes.deleteNote({ id: note.id });

  await deals.deleteDeal({ id: deal.id });
  try {
    await deals.addDeal({ AddDealRequest: { title: 'Boiler', [field.field_code]: 'KS-1' } });
  } catch (error) {
    seen.refused = error; // the client rejects with the body alone
  }
  process.stdout.write(JSON.stringify(seen));
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
