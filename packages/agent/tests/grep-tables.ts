/** Names of the tables of a schema in which any row contains a text, in whatever column. */
export async function greps(
  query: (sql: string) => Promise<Record<string, unknown>[]>,
  schema: string,
  text: string,
): Promise<string[]> {
  const tables = await query(
    `SELECT table_name FROM information_schema.tables WHERE table_schema = '${schema}'`,
  );
  const found: string[] = [];
  for (const { table_name } of tables) {
    const rows = await query(`SELECT * FROM "${schema}"."${String(table_name)}"`);
    const values = rows.flatMap((row) => Object.values(row)).map(readable);
    if (values.some((value) => value.includes(text))) found.push(String(table_name));
  }
  return found.sort();
}

function readable(value: unknown): string {
  return value instanceof Uint8Array ? new TextDecoder().decode(value) : String(value);
}
