BEGIN
  EXECUTE IMMEDIATE {{statement_literal}};
EXCEPTION
  WHEN OTHERS THEN
    IF SQLCODE <> {{code}} THEN
      RAISE;
    END IF;
END;
