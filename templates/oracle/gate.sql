{{! The token that the block before has left in CLIENT_INFO (64 bytes; read back at once): a client that went on after an error
    lacks it. }}
  IF NVL(SYS_CONTEXT('USERENV', 'CLIENT_INFO'), 'none') <> 'WAYBILL:{{token}}:{{before}}' THEN
    RAISE_APPLICATION_ERROR(-20004, '[WAYBILL-GUARD] {{what}} refused: what stands before it is not complete');
  END IF;
