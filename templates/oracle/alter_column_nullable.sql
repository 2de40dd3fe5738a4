ALTER TABLE {{table}} MODIFY {{column}} {{^nullable}}NOT {{/nullable}}NULL
