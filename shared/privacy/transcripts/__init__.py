"""Personal data in what is said on the phone, where one asks and the other answers."""
