import { expect } from "chai";
import { Connection } from "../../../src/storage/sqlite/connection.ts";
import { type Migration, migrate, newestVersion, schemaVersion } from "../../../src/storage/sqlite/migrate.ts";

const first: Migration = { version: 1, apply: (connection) => connection.script("CREATE TABLE one (a)") };
const second: Migration = { version: 2, apply: (connection) => connection.script("CREATE TABLE two (b)") };

describe("migrations", () => {
  let connection: Connection;

  beforeEach(() => {
    connection = new Connection(":memory:", "write");
  });

  afterEach(() => connection.close());

  const hasTable = (name: string) => connection.pragma(`table_info(${name})`) !== undefined;

  it("bring an empty database to the newest version", () => {
    migrate(connection, [first, second]);
    expect(schemaVersion(connection)).to.equal(2);
    expect([hasTable("one"), hasTable("two")]).to.deep.equal([true, true]);
  });

  it("apply only what the database has not seen", () => {
    migrate(connection, [first]);
    migrate(connection, [first, second]);
    expect(schemaVersion(connection)).to.equal(2);
  });

  it("change nothing when one of them fails", () => {
    const broken: Migration = { version: 3, apply: (database) => database.script("CREATE TABLE one (again)") };
    migrate(connection, [first]);
    expect(() => migrate(connection, [first, second, broken])).to.throw("already exists");
    expect(schemaVersion(connection)).to.equal(1);
    expect(hasTable("two")).to.equal(false);
    expect(connection.inTransaction).to.equal(false);
  });

  it("fail when they leave rows that belong to nothing", () => {
    const orphaning: Migration = {
      version: 1,
      apply: (database) =>
        database.script(
          "CREATE TABLE a (id INTEGER PRIMARY KEY); CREATE TABLE b (a REFERENCES a); INSERT INTO b VALUES (1)",
        ),
    };
    expect(() => migrate(connection, [orphaning])).to.throw("belong to");
    expect(hasTable("a")).to.equal(false);
  });

  it("know the newest version", () => {
    expect(newestVersion([])).to.equal(0);
    expect(newestVersion([first, second])).to.equal(2);
  });
});
