import { LabelPage } from "./page.js";
import { readInvite } from "./tasks.js";
import { showMessage } from "./view.js";

const invite = readInvite(location.hash);
addEventListener("hashchange", () => location.reload());
if (!invite) showMessage("This link is not complete", "Open the form with the whole link that you were sent; it ends in a long code after #.");
else new LabelPage(invite).start().catch(error => showMessage(error.message, error.remedy));
