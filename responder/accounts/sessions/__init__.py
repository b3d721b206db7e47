"""Sign-ins (登录): a record of each on the server; the cookie carries a random number alone."""
