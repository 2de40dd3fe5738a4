// An old SQLite (npm sql.js 1.0.0 has 3.28) as a client: node sqljs.js DATABASE SCRIPT. Runs the script in one call on the
// database file, prints the error or nothing, and writes the database back whatever happened, as a file would have it.
const fs = require("fs");
const init = require(__dirname + "/../../build/npm/node_modules/sql.js/dist/sql-asm.js");

function work(SQL) {
    const [path, script] = process.argv.slice(2);
    const db = new SQL.Database(fs.existsSync(path) ? fs.readFileSync(path) : undefined);
    try {
        for (const rows of db.exec(fs.readFileSync(script, "utf8")))
            for (const row of rows.values)
                console.log(row.join("|"));
    } catch (e) {
        console.log("ERROR: " + e.message);
    }
    fs.writeFileSync(path, Buffer.from(db.export()));   // export() closes what is open: an unfinished transaction is gone
}

init().then(work);
