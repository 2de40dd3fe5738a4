{{#name}}CONSTRAINT {{name}} {{/name}}UNIQUE {{#nulls_not_distinct}}NULLS NOT DISTINCT {{/nulls_not_distinct}}({{columns}}){{#include}} INCLUDE ({{include}}){{/include}}{{timing}}
