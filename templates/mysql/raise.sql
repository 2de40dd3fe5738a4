{{! An error that says why: MariaDB's SIGNAL, and where that cannot be prepared, a column that nobody has. }}
{{#mariadb}}
EXECUTE IMMEDIATE IF(@wb_why LIKE '%passed','DO 0',CONCAT("SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT=",QUOTE(@wb_why)));
{{/mariadb}}
{{^mariadb}}
SET @wb_sql = IF(@wb_why LIKE '% passed', 'DO 0', CONCAT('SELECT `', LEFT(REPLACE(@wb_why, '`', ''), 63), '`'));
PREPARE wb_p FROM @wb_sql; EXECUTE wb_p; DEALLOCATE PREPARE wb_p;
{{/mariadb}}
