// node grammar.js < STATEMENTS: one JSON a line, {"name", "dialect": "tsql"|"plsql"|"mysql", "text"}; prints those that the grammar
// refuses as {"name", "text", "message"}, one a line.
const path = require('path');
const modules = path.join(__dirname, '..', '..', 'build', 'npm', 'node_modules');
const { antlr4tsSQL, SQLDialect } = require(path.join(modules, 'antlr4ts-sql'));
const dialects = { tsql: new antlr4tsSQL(SQLDialect.TSQL), plsql: new antlr4tsSQL(SQLDialect.PLSQL), mysql: new antlr4tsSQL(SQLDialect.MYSQL) };

for (const line of require('fs').readFileSync(0, 'utf8').split('\n')) {
  if (!line) continue;
  const { name, dialect, text } = JSON.parse(line);
  const grammar = dialects[dialect];
  let message = '';
  const listener = { syntaxError: (r, o, l, c, m) => { message = message || `${l}:${c + 1}: ${m}`; } };
  const stream = grammar.getTokens(text, [listener]);   // getParseTreeFromSQL would accept anything
  grammar.getParseTree(grammar.getParser(stream, [listener]));
  if (!message && stream.LA(1) !== -1) message = 'text behind the end';
  if (message) console.log(JSON.stringify({ name, text, message: message.slice(0, 200) }));
}
