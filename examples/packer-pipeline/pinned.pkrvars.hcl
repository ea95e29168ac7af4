# The base image that the worker build starts from, until its kernel module is ported.
source_ami = "ami-0ba5e000000000014"
