# SPDX-License-Identifier: MIT
"""The public headers as ctypes sees them; they must stay plain enough for this."""
import ctypes
import pathlib
import re

PLAIN = {"size_t": ctypes.c_size_t, "double": ctypes.c_double, "bool": ctypes.c_bool, "int": ctypes.c_int,
         "int32_t": ctypes.c_int32, "uint8_t": ctypes.c_uint8, "uint32_t": ctypes.c_uint32,
         "uint64_t": ctypes.c_uint64, "char": ctypes.c_char}


class Headers:
    """Enumerations (as numbers) and structures (as ctypes classes) of the headers."""

    def __init__(self, folder):
        text = "\n".join(path.read_text() for path in sorted(pathlib.Path(folder).glob("*.h")))
        text = re.sub(r" */\*.*?\*/", "", text, flags=re.S)
        self.constants = {name: int(value) for name, value in re.findall(r"^#define (\w+) (\d+)$", text, re.M)}
        self.types = dict(PLAIN)
        for body, name in re.findall(r"typedef enum \w+\s*\{(.*?)\}\s*(\w+);", text, re.S):
            self.add_enumeration(body)
            self.types[name] = ctypes.c_int
        bodies = {name: body for body, name in re.findall(r"typedef struct \w+\s*\{([^{}]*)\}\s*(\w+);", text, re.S)}
        while bodies:  # in an order in which each finds the structures that it holds
            ready = [n for n, b in bodies.items() if not any(re.search(rf"\b{o}\b", b) for o in bodies if o != n)]
            assert ready, f"structures that hold each other: {', '.join(bodies)}"
            for name in ready:
                self.types[name] = type(name, (ctypes.Structure,), {"_fields_": self.fields(bodies.pop(name))})

    def add_enumeration(self, body):
        value = -1
        for entry in filter(None, (part.strip() for part in body.split(","))):
            name, _, given = (part.strip() for part in entry.partition("="))
            value = int(given, 0) if given else value + 1
            self.constants[name] = value

    def fields(self, body):
        fields = []
        for declaration in filter(None, (part.strip() for part in body.split(";"))):
            function = re.search(r"\(\*(\w+)\)", declaration)
            if function:
                fields.append((function[1], ctypes.c_void_p))
                continue
            kind, rest = re.match(r"(?:const )?(?:struct )?(\w+)\b(.*)", declaration, re.S).groups()
            for declarator in rest.split(","):
                name, length = re.search(r"(\w+)\s*(?:\[(\w+)\])?\s*$", declarator).groups()
                fields.append((name, self.field_type(kind, declarator.count("*"), length)))
        return fields

    def field_type(self, kind, stars, length):
        if stars:
            return ctypes.c_char_p if kind == "char" and stars == 1 else ctypes.c_void_p
        count = self.constants.get(length) or int(length or 0)
        return self.types[kind] * count if count else self.types[kind]
