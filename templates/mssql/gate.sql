{{! Behind every batch its gate, which looks for the batch's mark: in another batch, as one that does not compile says nothing.
    Where it is missing, sqlcmd stops at the RAISERROR (state 127 ends it even without -b), other clients run nothing more
    (NOEXEC), and where NOEXEC does not count (Babelfish) all that follows runs in a transaction that is never committed. }}
IF @@TRANCOUNT = 0 OR NOT EXISTS (SELECT 1 FROM #wb_pass WHERE step = {{number}})
BEGIN IF @@TRANCOUNT > 0 ROLLBACK; BEGIN TRANSACTION; RAISERROR(N'[WAYBILL-GUARD] stopped at step {{number}} of {{last_mark}}', 16, 127) WITH NOWAIT; SET NOEXEC ON; END
GO
