// Tells the app at once when a prompt file lands in the inbox. Deployed by the hook after the code: Event Grid asks the webhook before it believes it, and only running code answers.
// Where this is missing the app's timer finds the files, some minutes later.

@description('Event Grid topic of the storage account.')
@minLength(3)
param topicName string

@description('Function app.')
@minLength(2)
param appName string

@description('Function that takes the events.')
@minLength(1)
param functionName string

@description('The app\'s own key for blob events (blobs_extension); of the app, not of storage.')
@secure()
@minLength(10)
param blobsExtensionKey string

resource app 'Microsoft.Web/sites@2024-11-01' existing = {
  name: appName
}

resource topic 'Microsoft.EventGrid/systemTopics@2025-02-15' existing = {
  name: topicName
}

resource inbox 'Microsoft.EventGrid/systemTopics/eventSubscriptions@2025-02-15' = {
  parent: topic
  name: 'inbox'
  properties: {
    destination: {
      endpointType: 'WebHook'
      properties: {
        endpointUrl: 'https://${app.properties.defaultHostName}/runtime/webhooks/blobs?functionName=Host.Functions.${functionName}&code=${blobsExtensionKey}'
      }
    }
    filter: {
      includedEventTypes: ['Microsoft.Storage.BlobCreated']
      subjectBeginsWith: '/blobServices/default/containers/inbox/'
    }
    eventDeliverySchema: 'EventGridSchema'
    retryPolicy: { maxDeliveryAttempts: 30, eventTimeToLiveInMinutes: 1440 }
  }
}
