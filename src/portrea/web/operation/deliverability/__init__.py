"""Do the e-mails of the site arrive: the server, the certificate, what the sender's domain says."""
