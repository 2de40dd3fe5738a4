BEGIN
  EXECUTE IMMEDIATE {{statement_literal}};
END;
