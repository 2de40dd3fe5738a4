{{! The token that the block before has left in CLIENT_INFO (64 bytes; read back at once): a client that went on after an error
    lacks it, and so does another session. A tool that writes to CLIENT_INFO itself takes it away, which refuses. }}
{{#generic}}
  IF SYS_CONTEXT('USERENV', 'CLIENT_INFO') = 'WAYBILL:{{token}}:already' THEN RETURN; END IF;
{{/generic}}
  IF SYS_CONTEXT('USERENV', 'CLIENT_INFO') = 'WAYBILL:{{token}}:{{before}}' THEN NULL; ELSE
    RAISE_APPLICATION_ERROR(-20004, '[WAYBILL-GUARD] {{what}} refused: what stands before it is not complete');
  END IF;
