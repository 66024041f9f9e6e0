# Before anything is made: is somebody logged in, does the region have the GPU and Flex Consumption, is there quota for a GPU; then the Entra application that owners sign in to.
$ErrorActionPreference = 'Stop'

function Fail([string] $problem, [string] $remedy) {
  [Console]::Error.WriteLine("$problem`n$remedy")
  exit 1
}

function Confirm-SignedIn {
  if (-not (Get-Command az -ErrorAction SilentlyContinue)) { Fail 'The Azure CLI (az) is not installed.' 'Install it: https://aka.ms/azure-cli' }
  az account show --output none 2>$null
  if ($LASTEXITCODE -ne 0) { Fail 'Nobody is logged in to the Azure CLI.' 'Run: az login' }
  if (-not $env:AZURE_LOCATION) { Fail 'No region is chosen.' 'Run: azd env set AZURE_LOCATION swedencentral' }
  if ($env:AZURE_SUBSCRIPTION_ID) {
    az account set --subscription $env:AZURE_SUBSCRIPTION_ID
    if ($LASTEXITCODE -ne 0) { exit 1 }
  }
}

function Confirm-HostsFunctions {
  $found = az functionapp list-flexconsumption-locations --query "[?name=='$env:AZURE_LOCATION'] | length(@)" --output tsv
  if ($LASTEXITCODE -ne 0) { exit 1 }
  if ($found -eq '0') {
    Fail "$env:AZURE_LOCATION does not have Functions on Flex Consumption." "Choose one of: az functionapp list-flexconsumption-locations --query '[].name' --output tsv"
  }
}

function Confirm-HasGpu {
  $compute = if ($env:RLHF_TRAINER_COMPUTE) { $env:RLHF_TRAINER_COMPUTE } else { 't4' }
  switch -CaseSensitive ($compute) {
    't4' { $workloadProfile = 'Consumption-GPU-NC8as-T4'; $quota = 'SubscriptionConsumptionT4Gpus' }
    'a100' { $workloadProfile = 'Consumption-GPU-NC24-A100'; $quota = 'SubscriptionConsumptionNCA100Gpus' }
    { $_ -cin 'cpu', 'none' } { return }
    default { Fail "RLHF_TRAINER_COMPUTE is '$compute'." 'Set it to t4, a100, cpu or none: azd env set RLHF_TRAINER_COMPUTE t4' }
  }
  $found = az containerapp env workload-profile list-supported --location $env:AZURE_LOCATION --query "[?name=='$workloadProfile'] | length(@)" --output tsv
  if ($LASTEXITCODE -ne 0) { exit 1 }
  if ($found -eq '0') {
    Fail "$env:AZURE_LOCATION has no $workloadProfile." `
      'Choose another region (azd env set AZURE_LOCATION swedencentral), or train without a GPU (azd env set RLHF_TRAINER_COMPUTE cpu).'
  }
  $remedy = 'Ask for more with a support request (Quota, Container Apps), or train without a GPU: azd env set RLHF_TRAINER_COMPUTE cpu'
  $usage = az containerapp list-usages --location $env:AZURE_LOCATION --query "(value || @)[?name.value=='$quota'].[currentValue, limit]" --output tsv
  if ($LASTEXITCODE -ne 0) { exit 1 }
  if ("$usage" -notmatch '^(?<used>\d+)(\.\d+)?\s+(?<limit>\d+)(\.\d+)?$') {
    Write-Host "The GPU quota of $env:AZURE_LOCATION ($quota) can't be read; if there is none, the first training says so."
    return
  }
  $used, $limit = [int] $Matches.used, [int] $Matches.limit
  if ($limit -eq 0) { Fail "The subscription has no quota for a GPU in $env:AZURE_LOCATION ($quota is 0)." $remedy }
  if ($used -lt $limit) { return }
  # A second azd up while a training runs: what is in use may be its own.
  if (-not $env:RLHF_JOB_NAME) { Fail "All of the subscription's quota for a GPU in $env:AZURE_LOCATION is in use (${quota}: $used of $limit)." $remedy }
  Write-Host "All of the GPU quota of $env:AZURE_LOCATION is in use (${quota}: $used of $limit). Where not by this deployment's own training, the next one waits for it in vain."
}

# Without a secret: the app's identity stands in for one (postprovision).
function New-SignInApplication {
  if ($env:RLHF_AUTH_CLIENT_ID) { return }
  $id = az ad app create --display-name "rlhf-$env:AZURE_ENV_NAME" --sign-in-audience AzureADMyOrg --enable-id-token-issuance true --query appId --output tsv
  if ($LASTEXITCODE -ne 0) {
    Fail 'The Entra application that owners sign in to could not be made.' 'Have an administrator make one (docs/azure.md, Sign-in), then: azd env set RLHF_AUTH_CLIENT_ID <its client id>'
  }
  # Remembered at once: what follows may fail, and a second run must not make a second one.
  azd env set RLHF_AUTH_CLIENT_ID $id
  if ($LASTEXITCODE -ne 0) { exit 1 }
  az ad sp create --id $id --output none
  if ($LASTEXITCODE -ne 0) { exit 1 }
}

Confirm-SignedIn
Confirm-HostsFunctions
Confirm-HasGpu
New-SignInApplication
