# After the code is there: has the inbox tell the app about new files. Where this fails the app's timer still finds them.
$ErrorActionPreference = 'Stop'
Set-Location (Join-Path $PSScriptRoot '../..')

# The host makes the key of blob events when it first starts with the code.
function Get-BlobsKey {
  for ($try = 1; $try -le 20; $try++) {
    try { Invoke-WebRequest "$env:RLHF_APP_ADDRESS/api/health" -TimeoutSec 60 | Out-Null } catch { Write-Host "$env:RLHF_APP_ADDRESS/api/health does not answer yet." }
    $key = az functionapp keys list --resource-group $env:AZURE_RESOURCE_GROUP --name $env:RLHF_APP_NAME --query systemKeys.blobs_extension --output tsv
    if ($LASTEXITCODE -eq 0 -and $key) { return $key }
    if ($try -lt 20) { Start-Sleep -Seconds 15 }
  }
  throw "The app does not show its key for blob events (blobs_extension): does $env:RLHF_APP_ADDRESS/api/health answer? Once it does: azd hooks run postdeploy"
}

$key = Get-BlobsKey
$file = New-TemporaryFile
try {
  @{
    '$schema'      = 'https://schema.management.azure.com/schemas/2019-04-01/deploymentParameters.json#'
    contentVersion = '1.0.0.0'
    parameters     = @{
      topicName         = @{ value = $env:RLHF_TOPIC_NAME }
      appName           = @{ value = $env:RLHF_APP_NAME }
      functionName      = @{ value = 'InboxDropped' }
      blobsExtensionKey = @{ value = $key }
    }
  } | ConvertTo-Json -Depth 5 | Set-Content $file
  az deployment group create --resource-group $env:AZURE_RESOURCE_GROUP --name inbox-events --template-file infra/inbox-events.bicep --parameters "@$file" --output none
  if ($LASTEXITCODE -ne 0) { throw "The subscription to inbox events could not be made (code $LASTEXITCODE)." }
}
finally {
  Remove-Item -Force $file
}
Write-Host "Ready: $env:RLHF_APP_ADDRESS"
