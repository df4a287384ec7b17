//! The account a template is resolved for.

/// What the pseudo parameters (`AWS::Region` and the like) stand for, and what ARNs are made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Environment {
    /// `AWS::Region`.
    pub region: String,
    /// `AWS::AccountId`.
    pub account_id: String,
    /// `AWS::Partition`.
    pub partition: String,
    /// `AWS::StackName`.
    pub stack_name: String,
    /// Where queues are reached, when not at AWS: the address that queue URLs begin with, without a slash at its end.
    pub queue_endpoint: Option<String>,
}

impl Default for Environment {
    fn default() -> Self {
        Self {
            region: "us-east-1".to_owned(),
            account_id: "000000000000".to_owned(),
            partition: "aws".to_owned(),
            stack_name: "tenantry".to_owned(),
            queue_endpoint: None,
        }
    }
}

impl Environment {
    /// The value of a pseudo parameter other than `AWS::NoValue`, which is the absence of one.
    pub(crate) fn pseudo_parameter(&self, name: &str) -> Option<String> {
        match name {
            "AWS::Region" => Some(self.region.clone()),
            "AWS::AccountId" => Some(self.account_id.clone()),
            "AWS::Partition" => Some(self.partition.clone()),
            "AWS::StackName" => Some(self.stack_name.clone()),
            "AWS::StackId" => Some(self.arn(
                "cloudformation",
                &format!("stack/{}/local", self.stack_name),
            )),
            "AWS::URLSuffix" => Some("amazonaws.com".to_owned()),
            _ => None,
        }
    }

    /// The URL of a queue.
    pub(crate) fn queue_url(&self, name: &str) -> String {
        let endpoint = match &self.queue_endpoint {
            Some(endpoint) => endpoint.clone(),
            None => format!("https://sqs.{}.amazonaws.com", self.region),
        };
        format!("{endpoint}/{}/{name}", self.account_id)
    }

    /// The ARN of a resource of a regional service.
    pub(crate) fn arn(&self, service: &str, resource: &str) -> String {
        format!(
            "arn:{}:{service}:{}:{}:{resource}",
            self.partition, self.region, self.account_id
        )
    }

    /// The ARN of a resource of IAM, which has no region.
    pub(crate) fn iam_arn(&self, resource: &str) -> String {
        format!("arn:{}:iam::{}:{resource}", self.partition, self.account_id)
    }
}
