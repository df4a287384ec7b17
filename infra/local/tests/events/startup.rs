//! What is wrong with an event source is said at the start.

use crate::support::start_changed;

#[test]
fn a_source_that_aws_would_refuse_is_refused() {
    for (from, to, expected) in [
        (
            "dynamodb:GetRecords, ",
            "",
            &[
                "AllItems: event Changes",
                "ReaderRole must be allowed dynamodb:GetRecords",
            ][..],
        ),
        (
            "Action: [sqs:ReceiveMessage, sqs:DeleteMessage,",
            "Action: [sqs:ReceiveMessage,",
            &[
                "Worker: event Messages",
                "ReaderRole must be allowed sqs:DeleteMessage",
            ],
        ),
        (
            "Effect: Allow, Action: sqs:SendMessage, Resource: !GetAtt DeadLetters.Arn",
            "Effect: Allow, Action: sqs:SendMessage, Resource: !GetAtt Work.Arn",
            &["must be allowed sqs:SendMessage"],
        ),
        (
            "VisibilityTimeout: 6",
            "VisibilityTimeout: 4",
            &["VisibilityTimeout of 4 s", "Timeout of 5 s"],
        ),
        (
            "StartingPosition: LATEST",
            "StartingPosition: NOW",
            &["StartingPosition"],
        ),
        ("Type: SQS", "Type: MSK", &["Messages", "not supported"]),
        (
            "maxReceiveCount: 2",
            "maxReceiveCount: 0",
            &["Work", "maxReceiveCount"],
        ),
        (
            "Properties: { FifoQueue: true,",
            "Properties: { FifoQueue: true, QueueName: x,",
            &["Ordered", "QueueName"],
        ),
    ] {
        let Err(error) = start_changed(from, to) else {
            panic!("started with {to:?}")
        };
        let text = error.to_string();
        for part in expected {
            assert!(text.contains(part), "{part:?} is not in: {text}");
        }
        assert!(!text.contains('\n'), "{text}");
    }
}
