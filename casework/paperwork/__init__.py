"""Documents from draft to service: values, review, signature, number, files, answers."""
