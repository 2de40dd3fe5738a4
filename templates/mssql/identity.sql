IDENTITY{{#seed}}({{seed}}){{/seed}}
