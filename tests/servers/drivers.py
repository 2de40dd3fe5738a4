"""Drivers as programs use them: a script's statements one by one over the databases' own libraries, errors taken back to a savepoint."""
import ctypes
import re
import sqlite3


class Postgres:
    """libpq"""
    begin, once = "BEGIN", False

    def __init__(self, folder, database):
        self.pq = ctypes.CDLL("libpq.so.5")
        self.pq.PQconnectdb.restype = self.pq.PQexec.restype = ctypes.c_void_p
        self.pq.PQgetvalue.restype = self.pq.PQerrorMessage.restype = ctypes.c_char_p
        self.connection = ctypes.c_void_p(self.pq.PQconnectdb(b"host=%s user=postgres dbname=%s" % (folder.encode(), database.encode())))
        self.silent = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_char_p)(lambda _, text: None)
        self.pq.PQsetNoticeProcessor(self.connection, self.silent, None)

    def run(self, sql):
        result = ctypes.c_void_p(self.pq.PQexec(self.connection, sql.encode()))
        good = self.pq.PQresultStatus(result) in (0, 1, 2)   # empty, done, rows
        text = b"\n".join(self.pq.PQgetvalue(result, row, 0) for row in range(self.pq.PQntuples(result))) if good else self.pq.PQerrorMessage(self.connection)
        self.pq.PQclear(result)
        return good, text.decode()

    def in_transaction(self):
        return self.pq.PQtransactionStatus(self.connection) in (2, 3)   # open, failed

    def close(self):
        self.pq.PQfinish(self.connection)


class MariaDB:
    """libmariadb"""
    begin, once = "SET autocommit = 0", True   # then the server begins them

    def __init__(self, socket, database):
        self.my = ctypes.CDLL("libmariadb.so.3")
        for name in ("init", "store_result", "fetch_row"):
            getattr(self.my, "mysql_" + name).restype = ctypes.c_void_p
        self.my.mysql_error.restype = ctypes.c_char_p
        self.connection = ctypes.c_void_p(self.my.mysql_init(None))
        if not self.my.mysql_real_connect(self.connection, None, b"root", None, database.encode(), 0, socket.encode(), ctypes.c_ulong(0)):
            raise SystemExit(self.my.mysql_error(self.connection).decode())

    def run(self, sql):
        data, rows = sql.encode(), []
        if self.my.mysql_real_query(self.connection, data, ctypes.c_ulong(len(data))):
            return False, self.my.mysql_error(self.connection).decode()
        result = ctypes.c_void_p(self.my.mysql_store_result(self.connection))
        while result and (row := self.my.mysql_fetch_row(result)):
            rows.append((ctypes.cast(row, ctypes.POINTER(ctypes.c_char_p))[0] or b"").decode())
        self.my.mysql_free_result(result)
        return True, "\n".join(rows)

    def in_transaction(self):
        status = ctypes.c_uint()
        self.my.mariadb_get_infov(self.connection, 27, ctypes.byref(status))   # MARIADB_CONNECTION_SERVER_STATUS
        return bool(status.value & 1)

    def close(self):
        self.my.mysql_close(self.connection)


class Sqlite:
    begin, once = "BEGIN", False

    def __init__(self, path):
        self.connection = sqlite3.connect(path, isolation_level=None)

    def run(self, sql):
        try:
            return True, "\n".join(str(row[0]) for row in self.connection.execute(sql))
        except sqlite3.Error as e:
            return False, "ERROR " + str(e)

    def in_transaction(self):
        return self.connection.in_transaction

    def close(self):
        self.connection.close()


def sqlite_statements(script):
    statement = ""
    for piece in re.split("(?<=;)", script):
        statement += piece
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""


def postgresql_statements(script):
    start = at = 0
    tokens = re.compile(r"--[^\n]*|'[^']*'|(\$[a-z0-9]*\$)(?:.*?)\1|;", re.S)
    while match := tokens.search(script, at):
        at = match.end()
        if match.group(0) == ";":
            yield script[start:at]
            start = at


def through(driver, statements, begins=False, saves=False):
    """what the program gets to see: it goes on after errors; the driver begins transactions by itself and ends them at the end (autocommit
    off), or sets a savepoint before each statement in one and goes back to it after an error (autosave)"""
    log = []
    for statement in statements:
        if begins and not driver.in_transaction() and not (driver.once and log):
            driver.run(driver.begin)
        saved = saves and driver.in_transaction() and driver.run("SAVEPOINT driver")[0]
        good, text = driver.run(statement)
        log.append(text)
        if saved and not good and driver.in_transaction():
            driver.run("ROLLBACK TO SAVEPOINT driver")
    if begins and driver.in_transaction():
        driver.run("COMMIT")
    driver.close()
    return "\n".join(log)
