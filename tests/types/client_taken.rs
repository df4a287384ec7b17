//! The DynamoDB client stays inside: neither the function's own nor the tenant's can be had.

use endpoint::prelude::*;
use tenant_context::Table;

fn own(aws: &Arc<Aws>) {
    let _client = aws.own_client(); //~ E0624 method `own_client` is private
}

fn own_table(aws: &Arc<Aws>) {
    let _client = &aws.own; //~ E0616 field `own` of struct `tenant_context::Aws` is private
}

fn of_table(table: &Table) {
    let _client = &table.client; //~ E0616 field `client` of struct `Table` is private
}

fn of_context(caller: &TenantContext) {
    let _aws = &caller.aws; //~ E0616 field `aws` of struct `tenant_context::TenantContext` is private
}

fn main() {}
