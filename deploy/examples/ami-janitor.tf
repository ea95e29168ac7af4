# The packaged template from Terraform, as it is: `npm run package` has written dist/package/, which CODE is the path of.
terraform {
  required_providers {
    aws = { source = "hashicorp/aws", version = ">= 5.0" }
  }
}

variable "code" {
  description = "The folder that `npm run package` writes."
  default     = "dist/package"
}

variable "code_bucket" {
  description = "A bucket of the stack's Region, for the template and its files."
}

data "aws_s3_bucket" "code" {
  bucket = var.code_bucket
}

resource "aws_s3_object" "code" {
  for_each = fileset(var.code, "*")
  bucket   = var.code_bucket
  key      = "ami-janitor/${each.key}"
  source   = "${var.code}/${each.key}"
  etag     = filemd5("${var.code}/${each.key}")
}

resource "aws_cloudformation_stack" "ami_janitor" {
  name         = "ami-janitor-prod"
  template_url = "https://${data.aws_s3_bucket.code.bucket_regional_domain_name}/ami-janitor/ami-janitor.json"
  capabilities = ["CAPABILITY_NAMED_IAM"]
  # Terraform updates the stack where this changes; the template's address stays the same.
  tags = { package = substr(sha256(join("", [for one in values(aws_s3_object.code) : one.etag])), 0, 16) }

  parameters = {
    CodeBucket = var.code_bucket
    Enforce    = "false"
    Regions    = "eu-west-1,us-east-1"
    EventBus   = "default"
  }

  depends_on = [aws_s3_object.code]
}

output "report_bucket" {
  value = aws_cloudformation_stack.ami_janitor.outputs["ReportBucketName"]
}
