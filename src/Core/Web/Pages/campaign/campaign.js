import { openOwnerPage, query } from "../shared/owner.js";
import { CampaignPage } from "./page.js";

openOwnerPage(api => new CampaignPage(api, `/api/campaigns/${query("id")}`).start());
