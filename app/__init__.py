"""How people reach it: HTTP API, web pages, command line, mail. Flask lives here only."""
