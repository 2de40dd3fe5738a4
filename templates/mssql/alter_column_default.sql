ALTER TABLE {{table}} ADD DEFAULT {{default}} FOR {{column}}
