import { PageBody } from "../../../ui/Page";
export function NewComputeProfile() { return <PageBody>{null}</PageBody>; }
export function NewServiceProfile() { return <PageBody>{null}</PageBody>; }
export function ComputeProfilePage() { return <PageBody>{null}</PageBody>; }
export function ServiceProfilePage() { return <PageBody>{null}</PageBody>; }
