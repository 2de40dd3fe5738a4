{{! The word that allows a way back to drop rows, as the other clients give it. }}
\if :{?waybill_drop}
SELECT pg_catalog.set_config('waybill.drop', :'waybill_drop', false) AS allowed
\gset waybill_
\endif
