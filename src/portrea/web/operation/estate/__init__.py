"""What a territory owns: taken away whole, brought elsewhere, erased with proof.

``ownership.yaml`` says, table by table, whose the rows are; ``owned`` finds those of a territory;
``carrying`` writes them, ``bringing`` puts them in another site, ``erasing`` removes them.
"""
