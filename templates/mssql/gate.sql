{{! Before every batch its gate: no other batch has to be run for it to refuse. The first line asks for the marks of this
    script's run and for its transaction, the second for the mark of every batch before: one that did not compile left none.
    RETURN ends the batch, whatever the client or the server makes of the rest: sqlcmd stops at the RAISERROR (state 127 ends
    it even without -b), other clients run nothing more (NOEXEC). }}
IF OBJECT_ID(N'tempdb..{{marks_table}}') IS NULL OR @@TRANCOUNT <> {{depth}} BEGIN RAISERROR(N'[WAYBILL-GUARD] {{what}} refused: its run has ended, or was not begun here', 16, 127) WITH NOWAIT; SET NOEXEC ON; RETURN; END
IF (SELECT COUNT(*) FROM {{marks_table}}) <> {{before}} BEGIN IF @@TRANCOUNT > 0 ROLLBACK; RAISERROR(N'[WAYBILL-GUARD] stopped before {{what}}', 16, 127) WITH NOWAIT; SET NOEXEC ON; RETURN; END
