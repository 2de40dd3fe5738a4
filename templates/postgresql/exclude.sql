{{#name}}CONSTRAINT {{name}} {{/name}}EXCLUDE USING {{using}} ({{#elements}}{{expr}} WITH {{op}}{{comma}}{{#comma}} {{/comma}}{{/elements}}){{#where}} WHERE ({{where}}){{/where}}{{timing}}
