INSERT INTO {{to}} SELECT {{values}}, {{from}}.*
FROM {{from}}
