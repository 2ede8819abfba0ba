"""What a deployment costs on AWS, computed from what it consists of; ``infra.cost`` is the command in front of it."""
