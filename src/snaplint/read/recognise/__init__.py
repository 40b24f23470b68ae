"""Recognition of what people have: outputs of the AWS CLI, templates, plans and other texts, each by its name.

Nothing is read out of them. Code that expects another form uses the name in a message, or chooses a reader by it.
"""
