"""The registre des traitements, written from the models, roles.yaml and retention.yaml."""
