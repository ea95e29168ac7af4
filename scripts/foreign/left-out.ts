/** What AWS leaves out or leaves empty itself, so that it can't be told from there being none, and how that is known. */
export const LEFT_OUT_BY_AWS: readonly { readonly answers: RegExp; readonly why: string; readonly known: string }[] = [
  {
    why: 'a list of what there is none of is empty',
    answers:
      /^(autoscaling:\w+ \w+Result\.(AutoScalingGroups|LaunchConfigurations)|ec2:Describe\w+ (reservationSet|launchTemplateVersionSet|spotInstanceRequestSet|spotFleetRequestConfigSet|fleetSet)|ssm:\w+ Parameters) emptied$/,
    known: 'the answer of an account that has none',
  },
  {
    why: 'an image may have no tags, and a tag no value',
    answers: /^ec2:DescribeImages imagesSet\.tagSet(\.value)? /,
    known: 'recordings of Cloud Custodian: images without `Tags`, tags whose `Value` is empty',
  },
  {
    why: 'an image may be shared with nobody',
    answers: /^ec2:DescribeImageAttribute launchPermission emptied$/,
    known: "AWS's reference: an image has no launch permission until it is given one",
  },
  {
    why: 'a missing version is `$Default`',
    answers: /^(autoscaling|ec2):\w+ .*\b(Version|version) /,
    known: "AWS's reference of LaunchTemplateSpecification",
  },
  {
    why: 'a group need not override its template, nor an override name one of its own',
    answers: /^autoscaling:DescribeAutoScalingGroups .*\.Overrides(\.LaunchTemplateSpecification)? /,
    known: "AWS's reference of MixedInstancesPolicy",
  },
  {
    why: 'a template need not name an image',
    answers: /^ec2:DescribeLaunchTemplateVersions launchTemplateVersionSet\.launchTemplateData(\.imageId)? /,
    known: "AWS's reference of RequestLaunchTemplateData",
  },
];
