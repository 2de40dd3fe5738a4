{{#name}}CONSTRAINT {{name}} {{/name}}UNIQUE {{#nulls}}{{nulls}}{{/nulls}}({{columns}}){{#include}} INCLUDE ({{include}}){{/include}}{{timing}}
