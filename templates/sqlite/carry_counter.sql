INSERT INTO sqlite_sequence (name, seq) SELECT {{temporary}}, seq FROM sqlite_sequence WHERE name = {{table}} COLLATE NOCASE
