{{#name}}CONSTRAINT {{name}} {{/name}}PRIMARY KEY ({{columns}}){{#include}} INCLUDE ({{include}}){{/include}}{{timing}}
