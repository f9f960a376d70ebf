"""Pages -> complete tickets -> columns, with progress; gathers choices and what is learnt at run time."""
