#!/usr/bin/python3
"""Writes src/python/library_names.def: the attributes that CPython's own types have, from the types themselves.

  python3 mk/library_names.py [PYTHON ...] > src/python/library_names.def

With other versions' programs given, their names too. What stands there is never said to raise AttributeError or NameError, whether the evaluator knows it or not.
"""
import builtins
import collections
import datetime
import decimal
import enum
import functools
import io
import json
import pathlib
import re
import string
import subprocess
import sys
import textwrap
import types
import urllib.parse
import uuid

TYPES = [object, type, type(None), bool, int, float, complex, str, bytes, bytearray, memoryview, list, tuple, dict, set, frozenset,
         range, slice, types.FunctionType, types.BuiltinFunctionType, types.MethodType, types.GeneratorType, types.ModuleType,
         type({}.keys()), type({}.items()), type({}.values()), BaseException, OSError, KeyError, UnicodeDecodeError, SystemExit,
         property, staticmethod, classmethod, super, datetime.datetime, datetime.date, datetime.time, datetime.timedelta,
         datetime.timezone, datetime.tzinfo, decimal.Decimal, uuid.UUID, re.Pattern, re.Match, pathlib.Path, pathlib.PosixPath,
         pathlib.PurePath, pathlib.PurePosixPath, pathlib.WindowsPath, pathlib.PureWindowsPath, collections.OrderedDict,
         collections.defaultdict, collections.Counter, collections.deque, collections.ChainMap, functools.partial,
         string.Template, string.Formatter, urllib.parse.ParseResult, urllib.parse.SplitResult, json.JSONEncoder,
         json.JSONDecoder, io.StringIO, io.BytesIO, io.TextIOWrapper, enum.Enum, enum.EnumType, enum.Flag, types.SimpleNamespace]


def row(module, name, names):
    text = " ".join(sorted(names))
    lines = textwrap.wrap(text, 110)
    print('NAMES("%s", "%s",\n      %s)' % (module, name, "\n      ".join(
        '"%s%s"' % (line, "" if i + 1 == len(lines) else " ") for i, line in enumerate(lines))))


def own():
    """[module, type, names] of each"""
    rows = [["builtins", "", dir(builtins)]]
    for each in TYPES:
        names = set(dir(each))
        if isinstance(each, enum.EnumType):
            names |= {"name", "value"}
        rows.append([each.__module__.split("._")[0], each.__name__, sorted(names)])
    return rows


def main():
    if sys.argv[1:] == ["--json"]:
        print(json.dumps(own()))
        return
    versions, merged = ["%d.%d" % sys.version_info[:2]], own()
    for program in sys.argv[1:]:
        versions.append(subprocess.check_output([program, "-c", "import sys; print('%d.%d' % sys.version_info[:2])"], text=True).strip())
        for mine, theirs in zip(merged, json.loads(subprocess.check_output([program, __file__, "--json"]))):
            mine[2] = sorted(set(mine[2]) | set(theirs[2]))
    print("// Made by mk/library_names.py from CPython %s: NAMES(module, type, its attributes)." % ", ".join(versions))
    for each in merged:
        row(*each)


main()
