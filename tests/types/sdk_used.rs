//! An endpoint's package does not have the DynamoDB SDK (`deny.toml` keeps it so).

use aws_sdk_dynamodb::Client; //~ E0432 unresolved import `aws_sdk_dynamodb`

fn client(config: aws_sdk_dynamodb::Config) -> Client { //~ E0433 cannot find module or crate `aws_sdk_dynamodb`
    Client::from_conf(config)
}

fn main() {}
