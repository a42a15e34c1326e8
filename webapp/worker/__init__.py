"""What is done later and apart from requests: mails, due dates ahead, and forgetting what is no longer needed."""
