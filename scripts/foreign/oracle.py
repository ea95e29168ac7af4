"""An account drawn at random in moto, made through AWS's own API, and what has to become of each of its images.

Written apart from the program, by docs/policy.md alone, from what it made itself: it reads nothing back. For each line of
stdin (a seed and a number of images) it answers with one line: the policy, and the image ids that are due under it. Moto makes every image now, so their dates are set in its memory.
"""

import json
import random
import sys
import urllib.request
from datetime import datetime, timedelta, timezone

import boto3
from moto.ec2.models import ec2_backends
from moto.moto_server.threaded_moto_server import ThreadedMotoServer

REGION = "eu-west-1"
ACCOUNT = "123456789012"
FAMILIES = ["web", "api", "batch", "db"]


def launched(ec2, image):
    return ec2.run_instances(ImageId=image, MinCount=1, MaxCount=1, InstanceType="t3.micro")["Instances"][0]["InstanceId"]


class World:
    def __init__(self, url, seed, count):
        self.random = random.Random(seed)
        given = dict(endpoint_url=url, region_name=REGION, aws_access_key_id="test", aws_secret_access_key="test")
        self.ec2 = boto3.client("ec2", **given)
        self.scaling = boto3.client("autoscaling", **given)
        self.ssm = boto3.client("ssm", **given)
        self.now = datetime.now(timezone.utc)
        self.names = 0
        self.used = set()  # whatever a version that counts, an instance, a request or a parameter names
        self.newest_versions = self.random.choice([0, 0, 2, 99])  # beside those in use
        self.images = [self.image(number) for number in range(count)]
        for _ in range(count // 3):
            self.random.choice([self.instance, self.template, self.template, self.configuration, self.spot, self.parameter])()

    def some(self):
        return self.random.choice(self.images)["id"]

    def name(self, kind):
        self.names += 1
        return f"{kind}-{self.names}"

    def image(self, number):
        draw = self.random
        if number == 0:
            self.base = launched(self.ec2, "ami-0abcdef1234567890")
        tags = {}
        if draw.random() < 0.9:
            tags["Family"] = draw.choice(FAMILIES)
        if draw.random() < 0.3:
            tags["Env"] = draw.choice(["dev", "prod", "Dev"])
        if draw.random() < 0.2:
            tags["ExpiresOn"] = draw.choice([self.day(-400), self.day(-2), self.day(2), self.day(300), "soon", ""])
        if draw.random() < 0.05:
            tags["Keep"] = draw.choice(["true", "false"])
        if draw.random() < 0.05:
            tags["ami-janitor:keep"] = draw.choice(["true", self.day(-9), self.day(9), "perhaps"])
        if draw.random() < 0.03:
            tags[draw.choice(["aws:dlm:managed", "aws:backup:source-resource"])] = "x"
        name = f"{draw.choice(['web', 'db', 'x'])}-{number}"
        given = [{"Key": key, "Value": value} for key, value in tags.items() if not key.startswith("aws:")]
        made = self.ec2.create_image(
            InstanceId=self.base, Name=name, **({"TagSpecifications": [{"ResourceType": "image", "Tags": given}]} if given else {})
        )["ImageId"]
        age = draw.choice([1, 20, 59, 61, 120, 400, 1000]) + draw.random() * 0.9
        kept = ec2_backends[ACCOUNT][REGION].amis[made]
        kept.creation_date = (self.now - timedelta(days=age)).replace(microsecond=0)
        for key, value in tags.items():
            if key.startswith("aws:"):  # only AWS may write those
                ec2_backends[ACCOUNT][REGION].tags[made][key] = value
        shared = draw.random() < 0.04
        if shared:
            permission = {"Add": [{"UserId": "999988887777"}]}
            self.ec2.modify_image_attribute(ImageId=made, LaunchPermission=permission)
        state = "available"
        if draw.random() < 0.04:
            self.ec2.disable_image(ImageId=made)
            state = "disabled"
        return {"id": made, "name": name, "tags": tags, "created": kept.creation_date, "shared": shared, "state": state}

    def day(self, days):
        return (self.now + timedelta(days=days)).strftime("%Y-%m-%d")

    def instance(self):
        image = self.some()
        instance = launched(self.ec2, image)
        end = self.random.choice(["runs", "stops", "terminates"])
        if end == "stops":
            self.ec2.stop_instances(InstanceIds=[instance])
        if end == "terminates":
            self.ec2.terminate_instances(InstanceIds=[instance])
        else:
            self.used.add(image)

    def template(self):
        draw, name = self.random, self.name("template")
        versions = [self.some() for _ in range(draw.randint(1, 4))]
        for index, image in enumerate(versions):
            make = self.ec2.create_launch_template if index == 0 else self.ec2.create_launch_template_version
            make(LaunchTemplateName=name, LaunchTemplateData={"ImageId": image, "InstanceType": "t3.micro"})
        default = draw.randint(1, len(versions))
        self.ec2.modify_launch_template(LaunchTemplateName=name, DefaultVersion=str(default))
        counts = {default, len(versions)} | set(range(len(versions) - self.newest_versions + 1, len(versions) + 1))
        if draw.random() < 0.5:
            named = draw.randint(1, len(versions))
            chosen = draw.choice([str(named), "$Latest", "$Default", None])
            by = {"LaunchTemplateName": name, **({"Version": chosen} if chosen else {})}
            group = dict(AutoScalingGroupName=self.name("group"), MinSize=0, MaxSize=1, AvailabilityZones=[REGION + "a"])
            if draw.random() < 0.5:
                group["LaunchTemplate"] = by
            else:
                specification = {"LaunchTemplateSpecification": by}
                group["MixedInstancesPolicy"] = {"LaunchTemplate": {**specification, "Overrides": [{"InstanceType": "t3.small"}]}}
            self.scaling.create_auto_scaling_group(**group)
            if chosen == str(named):
                counts.add(named)
        self.used |= {versions[number - 1] for number in counts if number >= 1}

    def configuration(self):
        image = self.some()
        self.scaling.create_launch_configuration(
            LaunchConfigurationName=self.name("configuration"), ImageId=image, InstanceType="t3.micro"
        )
        self.used.add(image)

    def spot(self):
        image = self.some()
        self.ec2.request_spot_instances(SpotPrice="0.01", LaunchSpecification={"ImageId": image, "InstanceType": "t3.micro"})
        self.used.add(image)

    def parameter(self):
        image = self.some()
        kind = self.random.choice(["typed", "golden", "of nobody"])
        given = dict(Type="String", Value=image)
        if kind == "typed":
            self.ssm.put_parameter(Name=f"/{self.name('typed')}", DataType="aws:ec2:image", **given)
        elif kind == "golden":
            given["Value"] = f"the image is {image}."
            self.ssm.put_parameter(Name=f"/golden/{self.name('text')}", **given)
        else:
            self.ssm.put_parameter(Name=f"/{self.name('other')}", **given)
        if kind != "of nobody":
            self.used.add(image)

    def policy(self):
        draw = self.random
        rules = []
        if draw.random() < 0.5:
            rules.append({"name": "expiry", "select": {"tags": {"ExpiresOn": "*"}}, "expire": {"tag": "ExpiresOn"}, "deprecate": {}})
        if draw.random() < 0.5:
            keep = {"newest": draw.randint(1, 3), "youngerThan": draw.choice(["30d", "60d"])}
            rules.append({"name": "dev", "select": {"tags": {"Env": draw.choice(["dev", "[dD]ev", "d*"])}}, "keep": keep, "deprecate": {}})
        if draw.random() < 0.3:
            rules.append({"name": "databases", "select": {"name": "db-*"}, "keep": "always"})
        keep = {"newest": draw.randint(1, 6), "youngerThan": draw.choice(["10d", "60d", "1y"])}
        last = {"name": "all", "select": {}, "keep": keep, "deprecate": {}}
        if draw.random() < 0.6:
            last["groupBy"] = ["tag:Family"]
        rules.append(last)
        versions = {0: "in-use", 99: "all"}.get(self.newest_versions, {"newest": self.newest_versions})
        parameters = [{"name": "/golden/*", "mayBeEmpty": True}]
        return {
            "version": 1,
            "protect": {"tags": {"Keep": "true"}},
            "references": {"launchTemplateVersions": versions, "ssmParameters": parameters},
            "rules": rules,
            "limits": {"perRun": 9999, "stopAbove": "100%"},
        }

    def due(self, policy):
        owned = {rule["name"]: [i for i in self.images if self.rule(i, policy) is rule] for rule in policy["rules"]}
        found = []
        for rule in policy["rules"]:
            for image in owned[rule["name"]]:
                if not self.held(image) and not self.keeps(rule, image, owned[rule["name"]]):
                    found.append(image["id"])
        return sorted(found)

    def rule(self, image, policy):
        return next((rule for rule in policy["rules"] if selects(rule["select"], image)), None)

    def held(self, image):
        tags = image["tags"]
        keep = tags.get("ami-janitor:keep")
        return (
            image["id"] in self.used
            or image["shared"]
            or image["state"] != "available"
            or tags.get("Keep") == "true"
            or (keep is not None and not self.past(keep))
            or any(key.startswith(("aws:dlm:", "aws:backup:")) for key in tags)
        )

    def past(self, written):
        return written.startswith("20") and written < self.day(0)

    def keeps(self, rule, image, owned):
        if rule.get("keep") == "always":
            return True
        if "expire" in rule:
            return not self.past(image["tags"]["ExpiresOn"])
        keep, age = rule["keep"], self.now - image["created"]
        days = int(keep["youngerThan"][:-1]) * {"d": 1, "y": 365}[keep["youngerThan"][-1]]
        if age < timedelta(days=days):
            return True
        if "groupBy" in rule and "Family" not in image["tags"]:
            return True  # of no group, so nobody knows what it is a rollback of
        alike = [
            one
            for one in owned
            if one["state"] == "available"
            and not any(key.startswith("aws:") for key in one["tags"])
            and ("groupBy" not in rule or one["tags"].get("Family") == image["tags"]["Family"])
        ]
        newest = sorted(alike, key=lambda one: (one["created"], one["id"]), reverse=True)[: keep["newest"]]
        return image in newest


def selects(select, image):
    if "name" in select:
        return image["name"].startswith("db-")
    for key, wanted in select.get("tags", {}).items():
        has = image["tags"].get(key)
        if has is None:
            return False
        if wanted != "*" and not (has.startswith("d") if wanted == "d*" else has == wanted):
            return False
    return True


if __name__ == "__main__":
    port = int(sys.argv[1])
    url = f"http://127.0.0.1:{port}"
    answers, sys.stdout = sys.stdout, sys.stderr  # moto prints, too
    ThreadedMotoServer("127.0.0.1", port, verbose=False).start()
    for line in sys.stdin:
        seed, count = line.split()
        urllib.request.urlopen(urllib.request.Request(f"{url}/moto-api/reset", method="POST")).read()
        world = World(url, int(seed), int(count))
        policy = world.policy()
        print(json.dumps({"policy": policy, "images": len(world.images), "due": world.due(policy)}), file=answers, flush=True)
