from contest import urbiome_in_memory

urbiome_in_memory("reach")
