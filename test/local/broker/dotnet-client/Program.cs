// Does what the Functions host does with Service Bus, and writes one line a step.
using Azure.Messaging.ServiceBus;

var patience = TimeSpan.FromSeconds(20);
await using var client = new ServiceBusClient(args[0]);

await client.CreateSender("vnet-requests").SendMessageAsync(
    new ServiceBusMessage("{\"id\":\"NET-1\"}") { MessageId = "net-1", ContentType = "application/json" });
Console.WriteLine("sent");

var completed = new TaskCompletionSource();
await using var processor = client.CreateProcessor("vnet-requests", new ServiceBusProcessorOptions
{
    MaxConcurrentCalls = 16,
    PrefetchCount = 0,
    AutoCompleteMessages = false,
});
processor.ProcessErrorAsync += failure =>
{
    completed.TrySetException(failure.Exception);
    return Task.CompletedTask;
};
processor.ProcessMessageAsync += async delivery =>
{
    var message = delivery.Message;
    Console.WriteLine($"received {message.MessageId} {message.Body} for the {message.DeliveryCount}. time");
    if (message.DeliveryCount == 1)
    {
        await delivery.RenewMessageLockAsync(message);
        Console.WriteLine("renewed");
        await delivery.AbandonMessageAsync(message);
        return;
    }
    await delivery.CompleteMessageAsync(message);
    completed.TrySetResult();
};
await processor.StartProcessingAsync();
await completed.Task.WaitAsync(patience);
await processor.StopProcessingAsync();

await client.CreateSender("vnet-events").SendMessageAsync(new ServiceBusMessage("event") { MessageId = "event-1" });
var events = client.CreateReceiver("vnet-events", "callbacks");
var received = await events.ReceiveMessageAsync(patience);
await events.DeadLetterMessageAsync(received, "Why", "because");
var dead = client.CreateReceiver(
    "vnet-events", "callbacks", new ServiceBusReceiverOptions { SubQueue = SubQueue.DeadLetter });
var letter = await dead.ReceiveMessageAsync(patience);
await dead.CompleteMessageAsync(letter);
Console.WriteLine($"dead-lettered {letter.Body}: {letter.DeadLetterReason}");
