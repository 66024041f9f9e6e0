#!/usr/bin/env bash
# Before anything is made: is somebody logged in, does the region have the GPU and Flex Consumption, is there quota for a GPU; then the Entra application that owners sign in to.
set -euo pipefail

fail() { printf '%s\n%s\n' "$1" "$2" >&2; exit 1; }

signed_in() {
  command -v az >/dev/null || fail "The Azure CLI (az) is not installed." "Install it: https://aka.ms/azure-cli"
  az account show --output none 2>/dev/null || fail "Nobody is logged in to the Azure CLI." "Run: az login"
  [ -n "${AZURE_LOCATION:-}" ] || fail "No region is chosen." "Run: azd env set AZURE_LOCATION swedencentral"
  if [ -n "${AZURE_SUBSCRIPTION_ID:-}" ]; then az account set --subscription "$AZURE_SUBSCRIPTION_ID"; fi
}

hosts_functions() {
  local found
  found=$(az functionapp list-flexconsumption-locations --query "[?name=='$AZURE_LOCATION'] | length(@)" --output tsv)
  [ "$found" != 0 ] || fail "$AZURE_LOCATION does not have Functions on Flex Consumption." "Choose one of: az functionapp list-flexconsumption-locations --query '[].name' --output tsv"
}

has_gpu() {
  local profile quota found usage used limit
  local remedy="Ask for more with a support request (Quota, Container Apps), or train without a GPU: azd env set RLHF_TRAINER_COMPUTE cpu"
  case ${RLHF_TRAINER_COMPUTE:-t4} in
    t4) profile=Consumption-GPU-NC8as-T4 quota=SubscriptionConsumptionT4Gpus ;;
    a100) profile=Consumption-GPU-NC24-A100 quota=SubscriptionConsumptionNCA100Gpus ;;
    cpu | none) return ;;
    *) fail "RLHF_TRAINER_COMPUTE is '$RLHF_TRAINER_COMPUTE'." "Set it to t4, a100, cpu or none: azd env set RLHF_TRAINER_COMPUTE t4" ;;
  esac
  found=$(az containerapp env workload-profile list-supported --location "$AZURE_LOCATION" --query "[?name=='$profile'] | length(@)" --output tsv)
  [ "$found" != 0 ] || fail "$AZURE_LOCATION has no $profile." \
    "Choose another region (azd env set AZURE_LOCATION swedencentral), or train without a GPU (azd env set RLHF_TRAINER_COMPUTE cpu)."
  usage=$(az containerapp list-usages --location "$AZURE_LOCATION" --query "(value || @)[?name.value=='$quota'].[currentValue, limit]" --output tsv)
  read -r used limit <<<"$usage"
  used=${used%%.*} limit=${limit%%.*}
  if ! [[ $used =~ ^[0-9]+$ && $limit =~ ^[0-9]+$ ]]; then
    echo "The GPU quota of $AZURE_LOCATION ($quota) can't be read; if there is none, the first training says so."
  elif [ "$limit" = 0 ]; then
    fail "The subscription has no quota for a GPU in $AZURE_LOCATION ($quota is 0)." "$remedy"
  elif [ "$used" -ge "$limit" ] && [ -n "${RLHF_JOB_NAME:-}" ]; then
    # A second azd up while a training runs: what is in use may be its own.
    echo "All of the GPU quota of $AZURE_LOCATION is in use ($quota: $used of $limit). Where not by this deployment's own training, the next one waits for it in vain."
  elif [ "$used" -ge "$limit" ]; then
    fail "All of the subscription's quota for a GPU in $AZURE_LOCATION is in use ($quota: $used of $limit)." "$remedy"
  fi
}

# Without a secret: the app's identity stands in for one (postprovision).
sign_in_application() {
  [ -z "${RLHF_AUTH_CLIENT_ID:-}" ] || return 0
  local id
  id=$(az ad app create --display-name "rlhf-$AZURE_ENV_NAME" --sign-in-audience AzureADMyOrg --enable-id-token-issuance true --query appId --output tsv) ||
    fail "The Entra application that owners sign in to could not be made." "Have an administrator make one (docs/azure.md, Sign-in), then: azd env set RLHF_AUTH_CLIENT_ID <its client id>"
  # Remembered at once: what follows may fail, and a second run must not make a second one.
  azd env set RLHF_AUTH_CLIENT_ID "$id"
  az ad sp create --id "$id" --output none
}

signed_in
hosts_functions
has_gpu
sign_in_application
